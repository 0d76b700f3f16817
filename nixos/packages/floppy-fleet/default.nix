# The fleet API as a program. It has no dependency beside Node.
{ writeShellApplication, nodejs-slim_22 }:
writeShellApplication {
  name = "floppy-fleet";
  runtimeInputs = [ nodejs-slim_22 ];
  text = ''exec node ${./src}/main.mjs "$@"'';
}
