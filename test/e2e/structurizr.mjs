// Reads a workspace from standard input and prints what structurizr-parser has against it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const parser = createRequire(import.meta.url)('structurizr-parser');
const lexed = parser.StructurizrLexer.tokenize(readFileSync(0, 'utf8'));
parser.StructurizrParser.input = lexed.tokens;
parser.StructurizrParser.workspaceWrapper();
console.log(JSON.stringify({
  lexer: lexed.errors.map((e) => `${e.line}:${e.column} ${e.message}`),
  parser: parser.StructurizrParser.errors.slice(0, 10).map((e) => `${e.token.startLine}: ${e.message}`),
}));
