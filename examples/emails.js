// The e-mail addresses of the users in a JSON text on standard input.
const fs = require("node:fs");

const { users } = JSON.parse(fs.readFileSync(0, "utf8"));
console.log("Emails found:");
for (const user of users) {
  console.log(`- ${user.email}`);
}
