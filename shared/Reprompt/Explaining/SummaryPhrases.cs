namespace AudioReprompt.Reprompt.Explaining;

/// <summary>The fixed wording of a summary in one language; <c>{0}</c>… are filled in.</summary>
internal sealed record SummaryPhrases(
    string Quote,
    string And,
    string TastesOf,
    string TastesOfFrom,
    string WithNotes,
    string FoodWithoutTaste,
    string NothingEdible,
    string NothingAtAll,
    string MoodAlone,
    string Mouthfeel,
    string Removed,
    string Setting,
    string Music,
    string Traits,
    string Players,
    string Sources,
    string OursAlone)
{
    public static SummaryPhrases English { get; } = new(
        Quote: "“{0}”",
        And: "and",
        TastesOf: "The sentence tastes mainly {0}",
        TastesOfFrom: " ({0})",
        WithNotes: ", with {0} notes",
        FoodWithoutTaste: "The sentence names no strong taste",
        NothingEdible: "There is nothing to eat or drink in the sentence",
        NothingAtAll: ", so the music stays neutral",
        MoodAlone: ", so its mood alone shapes the music",
        Mouthfeel: "In the mouth it is {0}",
        Removed: "Taken away: {0}",
        Setting: "The setting ({0}) feels {1}",
        Music: "The music is {0} at {1} BPM, {2}",
        Traits: ", with {0}",
        Players: "The melody goes to {0}, with {1} around it",
        Sources: "The directions follow {0}; how far they go is our choice",
        OursAlone: "These choices are ours, not from a study");

    public static SummaryPhrases Spanish { get; } = new(
        Quote: "«{0}»",
        And: "y",
        TastesOf: "La frase sabe sobre todo a {0}",
        TastesOfFrom: " ({0})",
        WithNotes: ", con notas de {0}",
        FoodWithoutTaste: "La frase no nombra ningún sabor marcado",
        NothingEdible: "En la frase no hay nada de comer ni de beber",
        NothingAtAll: ", así que la música se queda neutra",
        MoodAlone: ", así que solo su ánimo da forma a la música",
        Mouthfeel: "En la boca es {0}",
        Removed: "Se descuenta: {0}",
        Setting: "El ambiente ({0}) se siente {1}",
        Music: "El tempo es {0}, a {1} pulsos por minuto, en modo {2}",
        Traits: "; {0}",
        Players: "Lleva la melodía: {0}; acompañan: {1}",
        Sources: "Las direcciones siguen a {0}; cuánto se avanza en ellas lo elegimos nosotros",
        OursAlone: "Estas decisiones son nuestras, no de un estudio");
}
