const en = {
  title: 'What does your food sound like?',
  lead: 'Write where you are, what you eat and how you feel. You will hear music that carries the taste.',
  prompt: 'Your sentence',
  placeholder: 'A spicy taco al pastor at a noisy street stand, late at night',
  characters: 'characters',
  duration: 'Seconds',
  generate: 'Make music',
  cancel: 'Cancel',
  queued: 'Waiting for a worker',
  dispatched: 'On its way to a worker',
  running: 'Playing it in',
  scoring: 'Listening to it',
  completed: 'Ready',
  failed: 'It did not work',
  cancelled: 'Cancelled',
  download: 'Download WAV',
  why: 'Why it sounds like this',
  asMusic: 'As a musical prompt',
  lost: 'The server does not answer. Is it running?',
  examples: ['A spicy taco al pastor at a noisy street stand, late at night', 'Grandmother’s vanilla custard on a quiet Sunday', 'Un ceviche muy ácido frente al mar, con amigos'],
};

const es: typeof en = {
  title: '¿A qué suena lo que comes?',
  lead: 'Escribe dónde estás, qué comes y cómo te sientes. Oirás música que lleva ese sabor.',
  prompt: 'Tu frase',
  placeholder: 'Un taco al pastor picante en un puesto ruidoso, ya de noche',
  characters: 'caracteres',
  duration: 'Segundos',
  generate: 'Hacer música',
  cancel: 'Cancelar',
  queued: 'Esperando turno',
  dispatched: 'De camino al músico',
  running: 'Tocando',
  scoring: 'Escuchando el resultado',
  completed: 'Listo',
  failed: 'No salió bien',
  cancelled: 'Cancelado',
  download: 'Descargar WAV',
  why: 'Por qué suena así',
  asMusic: 'Como indicación musical',
  lost: 'El servidor no responde. ¿Está en marcha?',
  examples: ['Un taco al pastor picante en un puesto ruidoso, ya de noche', 'Un ceviche muy ácido frente al mar, con amigos', 'A bitter espresso alone on a rainy morning'],
};

export type Texts = typeof en;
export const texts: Texts = navigator.language.startsWith('es') ? es : en;
export const language = texts === es ? 'es' : 'en';
