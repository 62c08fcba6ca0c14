import type { Taste } from '../taste/tastes';

/** A sentence to begin with, from a kitchen of its own. */
export interface Example {
  kitchen: string;
  sentence: string;
  taste: Taste;
}

export const examples: Record<'en' | 'es', readonly Example[]> = {
  en: [
    { kitchen: 'Mexico', taste: 'spicy', sentence: 'A spicy taco al pastor at a noisy street stand, late at night' },
    { kitchen: 'Japan', taste: 'umami', sentence: 'Slow miso ramen at a tiny counter while the rain falls outside' },
    { kitchen: 'Italy', taste: 'bitter', sentence: 'A bitter espresso alone on a rainy morning' },
    { kitchen: 'India', taste: 'sweet', sentence: 'Cold mango lassi in the shade after a long, hot train ride' },
    { kitchen: 'Peru', taste: 'sour', sentence: 'A sharp lime ceviche by the sea with friends, laughing' },
    { kitchen: 'Korea', taste: 'spicy', sentence: 'Fiery kimchi stew shared from one pot on a freezing evening' },
    { kitchen: 'Portugal', taste: 'salty', sentence: 'Salty grilled sardines on the harbour wall at noon' },
    { kitchen: 'Austria', taste: 'sweet', sentence: 'Grandmother’s vanilla custard on a quiet Sunday' },
  ],
  es: [
    { kitchen: 'México', taste: 'spicy', sentence: 'Un taco al pastor picante en un puesto ruidoso, ya de noche' },
    { kitchen: 'Perú', taste: 'sour', sentence: 'Un ceviche muy ácido frente al mar, con amigos' },
    { kitchen: 'España', taste: 'salty', sentence: 'Unas anchoas bien saladas en la barra, al mediodía y sin prisa' },
    { kitchen: 'Argentina', taste: 'sweet', sentence: 'Alfajores de dulce de leche en casa de la abuela un domingo tranquilo' },
    { kitchen: 'Japón', taste: 'umami', sentence: 'Un ramen de miso en una barra diminuta mientras llueve afuera' },
    { kitchen: 'Cuba', taste: 'bitter', sentence: 'Un café amargo y solo en el balcón, antes de que salga el sol' },
    { kitchen: 'Corea', taste: 'spicy', sentence: 'Un guiso de kimchi que arde, compartido en una noche helada' },
    { kitchen: 'Marruecos', taste: 'sweet', sentence: 'Té de menta muy dulce con pasteles de miel en el patio' },
  ],
};
