// Transcription through openai-node: node audio.mjs BASE_URL prints {call: outcome}.
import { connect, outcome } from './client.mjs';

const client = connect(process.argv[2]);
const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
const ask = (members) => client.audio.transcriptions.create({ model: 'gpt-4o-transcribe', file: new File([bytes], 'a.wav', { type: 'audio/wav' }), ...members });

const calls = {
  json: () => ask({}),
  text: () => ask({ response_format: 'text' }),
  srt: () => ask({ response_format: 'srt' }),
  stream: () => ask({ stream: true }),
};

const results = {};
for (const [call, work] of Object.entries(calls)) results[call] = await outcome(work);
console.log(JSON.stringify(results));
