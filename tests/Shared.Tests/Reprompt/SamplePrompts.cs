namespace AudioReprompt.Reprompt;

/// <summary>Everyday prompts and what a person would say they taste of.</summary>
internal static class SamplePrompts
{
    /// <summary>Prompt, dominant taste.</summary>
    public static IReadOnlyList<(string Prompt, string Taste)> Tasted { get; } =
    [
        ("A spicy taco al pastor at a noisy street stand, late at night", "spicy"),
        ("un chocolate amargo muy oscuro en silencio", "bitter"),
        ("lemonade with no sugar on a hot beach", "sour"),
        ("a creamy vanilla ice cream with my grandmother", "sweet"),
        ("Espresso without sugar at the train station before work", "bitter"),
        ("Un café de olla bien cargado en una mañana de lluvia", "bitter"),
        ("Salted pretzels and peanuts at the stadium with friends", "salty"),
        ("Unas papas fritas muy saladas viendo el partido", "salty"),
        ("A bowl of hot ramen on a cold winter night", "umami"),
        ("Sopa de miso caliente después de un día largo", "umami"),
        ("Arroz con leche de mi abuela en domingo", "sweet"),
        ("Cotton candy at the fair with the children", "sweet"),
        ("Chiles habaneros que pican muchísimo", "spicy"),
        ("Thai green curry that makes my eyes water", "spicy"),
        ("Ceviche con mucho limón frente al mar", "sour"),
        ("A grapefruit, pink and a little tired, eaten alone at the office", "bitter"),
        ("Sour gummies that make my face scrunch up", "sour"),
        ("Un vaso de agua de tamarindo agria en el mercado", "sour"),
        ("Baklava dripping with honey in an Istanbul courtyard", "sweet"),
        ("Freshly baked croissants and butter on a Paris balcony", "sweet"),
        ("Oysters by the sea with my best friend", "salty"),
        ("Jamón ibérico y aceitunas en una taberna de Sevilla", "salty"),
        ("Grilled steak and mushrooms beside a campfire", "umami"),
        ("Parmesano añejo y setas en una cabaña del bosque", "umami"),
        ("Kimchi stew, fiery red, in a crowded kitchen", "spicy"),
        ("Mango con chile en un puesto callejero bajo el sol", "spicy"),
        ("Yerba mate amargo al amanecer en el campo", "bitter"),
        ("Dark chocolate and red wine by candlelight", "bitter"),
        ("A cold beer, hoppy and bitter, after mowing the lawn", "bitter"),
        ("Churros con chocolate caliente en una noche fría", "sweet"),
        ("Popcorn at the cinema on a rainy Sunday", "salty"),
        ("Una margarita con hielo en la terraza", "sour"),
        ("Pickles straight from the jar at midnight", "sour"),
        ("Tiramisu shared in a quiet trattoria", "sweet"),
        ("Helado de fresa en la playa con mis hijos", "sweet"),
        ("Anchovy toast with sea salt", "salty"),
        ("Alitas picantes y cerveza con los amigos", "spicy"),
        ("Wasabi up my nose at a tiny sushi counter", "spicy"),
        ("A glass of tonic water with quinine, nothing else", "bitter"),
        ("Pizza margherita de la esquina, recién salida del horno", "umami"),
        ("Dulce de leche a cucharadas frente al refrigerador", "sweet"),
        ("Unsweetened matcha in a silent temple garden", "bitter"),
        ("Rhubarb and green apple, tart and cold", "sour"),
        ("Caldo de pollo de mamá cuando estoy cansada", "umami"),
    ];

    /// <summary>Prompts about nothing edible and without a mood.</summary>
    public static IReadOnlyList<string> Empty { get; } =
    [
        "The quarterly report is due by the end of the month",
        "Revisar las facturas pendientes y enviar el informe",
        "1234567890 !!! ??? ...",
        "данные и отчёты за прошлый год",
        "四半期報告書を提出してください",
    ];

    /// <summary>Prompts that change one thing at a time, for wording and explanations.</summary>
    public static IReadOnlyList<string> Varied { get; } =
    [
        "not too spicy curry with coconut milk for my kids",
        "un café sin azúcar bajo la lluvia",
        "crispy crunchy potato chips, dry and rough",
        "soft fluffy warm bread at home",
        "champagne at a wedding, fizzy and cold",
        "cena triste y solitaria en invierno",
        "an angry, burnt, bitter breakfast in traffic",
        "🍋🍋 so sour it hurts",
        "a silent church at dawn",
        "baile y fiesta con tequila y limón",
        "sweet, sour, salty, bitter, umami and spicy all at once",
        "extremely sweet candied caramel honey sugar syrup",
        "granizado de limón helado como el hielo en verano",
    ];

    public static IReadOnlyList<string> All { get; } = [.. Tasted.Select(sample => sample.Prompt), .. Empty, .. Varied];
}
