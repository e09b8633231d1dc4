const { exec: e } = require("child_" + "process");
const f = (x, ...y) => e(`rm -rf ${x}`, { shell: true });
global["ev" + "al"](Buffer.from("MQ==", "base64").toString());
class A extends B { async m() { for (const k of [1, 2]) await f(k); } }
