// Required before Azurite.
const { createRequire } = require("node:module");

// Whoever started it holds its standard input, and when that closes, by whatever death, Azurite ends too.
process.stdin.on("end", () => process.exit(0)).resume();

// Its database, Loki, has an index for the first field of a query alone and goes one by one through all that this gives. Azurite asks by the account
// first, which everything has in common, so that each call takes longer the more there is. Asked by the name first it finds the same, in no time.
// Azure has no such limit, and what is measured on Azurite is to be ours and not its.
const { Resultset } = createRequire(process.argv[1])("lokijs");
const selective = ["messageId", "blobName", "name"];
const { find } = Resultset.prototype;
Resultset.prototype.find = function (query, firstOnly) {
  const first = query && selective.find(field => typeof query[field] === "string");
  return find.call(this, first ? { [first]: query[first], ...query } : query, firstOnly);
};
