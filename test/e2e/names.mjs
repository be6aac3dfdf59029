// Reads a workspace from standard input and prints the texts in quotes that structurizr-parser finds in it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const parser = createRequire(import.meta.url)('structurizr-parser');
const lexed = parser.StructurizrLexer.tokenize(readFileSync(0, 'utf8'));
console.log(JSON.stringify(lexed.tokens.filter((t) => t.image.startsWith('"')).map((t) => t.image.slice(1, -1).replaceAll('\\"', '"'))));
