// The average age of the employees in a JSON text on standard input.
const fs = require("node:fs");

const { employees } = JSON.parse(fs.readFileSync(0, "utf8"));
let sum = 0;
for (const { age } of employees) {
  sum += age;
}
console.log(`Total employees: ${employees.length}`);
console.log(`Average age: ${(sum / employees.length).toFixed(2)}`);
