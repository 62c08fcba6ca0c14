// One song by transformers.js on the CPU: node song.mjs MODEL_ROOT ORG/NAME SECONDS. Prints one line of JSON.
import { env, AutoTokenizer, MusicgenForConditionalGeneration } from '@huggingface/transformers'
import process from 'node:process'

const [root, name, seconds] = process.argv.slice(2)
const framesPerSecond = 50
const delay = 3
env.localModelPath = root
env.allowRemoteModels = false

const started = performance.now()
const tokenizer = await AutoTokenizer.from_pretrained(name)
const model = await MusicgenForConditionalGeneration.from_pretrained(name, { dtype: 'fp32', device: 'cpu', use_external_data_format: true })
const loaded = performance.now()
const inputs = tokenizer('A slow legato melody of soft marimba and warm strings, sweet and consonant')
const audio = await model.generate({ ...inputs, max_new_tokens: seconds * framesPerSecond + delay, do_sample: true, guidance_scale: 3 })
const ended = performance.now()
console.log(JSON.stringify({
  load_seconds: (loaded - started) / 1000,
  song_seconds: (ended - loaded) / 1000,
  audio_seconds: audio.data.length / model.config.audio_encoder.sampling_rate,
  peak_megabytes: process.resourceUsage().maxRSS / 1000,
}))
