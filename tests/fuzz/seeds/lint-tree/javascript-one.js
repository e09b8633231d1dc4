import d, { a as b } from 'm';
export default class A extends B { static #p = 1; get x() { return super.x ?? this.#p; } }
label: for (const [k, { v = 1, ...r }] of o) { if (k in v) continue label; else break; }
async function* f(a, b = 2, ...c) { yield* await g`t${a}`; try { throw new.target; } catch { } finally { } }
var x = /[a-z]+(?<n>.)\k<n>/giu, y = 0x1fn, z = a?.b?.[c] ** 2;
switch (x) { case 1: default: (a, b) => ({ a, [b]: c, async *d() {} }); }
do { let l = `a${`b`}`; } while (x--, !y)
