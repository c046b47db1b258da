// Compaction through openai-node: node compaction.mjs BASE_URL prints {call: outcome}.
import { connect, outcome } from './client.mjs';

const client = connect(process.argv[2]);
const compact = (members) => client.responses.compact({ model: 'gpt-5.5', ...members });

console.log(JSON.stringify({ created: await outcome(() => compact({ input: 'hi' })), refused: await outcome(() => compact({ previous_response_id: 'resp_1' })) }));
