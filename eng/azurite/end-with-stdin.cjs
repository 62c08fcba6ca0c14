// Required before Azurite: whoever started it holds its standard input, and when that closes, by whatever death, Azurite ends too.
process.stdin.on("end", () => process.exit(0)).resume();
