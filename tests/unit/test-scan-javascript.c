/* lib/scan: JavaScript is resolved to what it does, however it is written. */
#include "scan-unit.h"

#include <stdlib.h>

static void
look(const char *code)
{
	look_at(AE_GRAMMAR_JAVASCRIPT, code);
}

/* Ways to the same few sinks. */
static const struct {
	const char *id;
	const char *code;
} ways[] = {
    {"js.code.eval", "globalThis['ev' + 'al'](x)"},
    {"js.code.eval", "\\u0065val(x)"},
    {"js.code.eval", "(0, eval)(x)"},
    {"js.code.eval", "window?.eval(x)"},
    {"js.code.eval", "const [e] = [eval]; e(x)"},
    {"js.code.eval", "let e; ({ eval: e } = globalThis); e(x)"},
    {"js.code.eval", "eval.call(null, x)"},
    {"js.code.eval", "Function.prototype.call.call(eval, null, x)"},
    {"js.code.eval", "Reflect.apply(eval, null, [x])"},
    {"js.code.eval", "Reflect.get(global, 'eval')(x)"},
    {"js.code.eval", "p.then((t) => t.text()).then(eval)"},
    {"js.code.eval", "setTimeout(eval, 0, x)"},
    {"js.code.eval", "class A { static e = eval } A.e(x)"},
    {"js.code.eval", "const o = { get e() { return eval } }; o.e(x)"},
    {"js.code.eval", "[, eval][1](x)"},
    {"js.code.eval", "globalThis[/ev/.source + /al/.source](x)"},
    {"js.code.eval", "globalThis[[...'lave'].reverse().join``](x)"},
    {"js.code.eval", "globalThis[(693741).toString(36)](x)"},
    {"js.code.eval", "globalThis['e-v-a-l'.split('-').join('')](x)"},
    {"js.code.eval", "let s = ''; for (const c of [101, 118, 97, 108])"
		     " s += String.fromCharCode(c); globalThis[s](x)"},
    {"js.code.eval", "const r = (f) => f; r(eval)(x)"},
    {"js.code.function", "new (async () => {}).constructor(x)"},
    {"js.code.function", "[].map.constructor(x)"},
    {"js.code.function", "Object.getPrototypeOf(function* () {})"
			 ".constructor(x)"},
    {"js.code.function-reach", "''.constructor.constructor("
			       "'return process')()"},
    {"js.run.exec", "require('child' + '_process').exec('ls')"},
    {"js.run.exec", "const { exec: e } = require('child_process');"
		    " e('ls')"},
    {"js.run.exec", "import cp from 'node:child_process';"
		    " cp['exec' + 'Sync']('ls')"},
    {"js.run.exec", "process.mainModule.require('child_process')"
		    ".execSync('ls')"},
    {"js.run.exec", "module.constructor._load('child_process')"
		    ".exec('ls')"},
    {"js.run.exec", "const { createRequire: c } = require('module');"
		    " c(__filename)('child_process').exec('ls')"},
    {"js.run.exec", "process.getBuiltinModule('child_process')"
		    ".exec('ls')"},
    {"js.run.exec", "import('child_process').then(({ exec }) =>"
		    " exec('ls'))"},
    {"js.run.exec", "const { default: m } ="
		    " await import('child_process'); m.exec('ls')"},
    {"js.run.exec", "const sh = require('util').promisify("
		    "require('child_process').exec); await sh('ls')"},
    {"js.run.exec", "class A { cp = require('child_process');"
		    " go() { this.cp.exec('ls') } }"},
    {"js.run.exec", "function A() { this.cp ="
		    " require('child_process'); this.cp.exec('ls') }"},
    {"js.run.exec", "const get = (n) => require(n);"
		    " get('child_process').exec('ls')"},
    {"js.run.exec", "(x => x)(require)('child_process').exec('ls')"},
    {"js.run.exec", "({ ...require('child_process') }).exec('ls')"},
    {"js.run.exec", "new Map([['a', require('child_process')]])"
		    ".get('a').exec('ls')"},
    {"js.run.exec", "require('child_process').exec.bind(null, 'ls')()"},
    {"js.run.exec", "['ls'].map(require('child_process').execSync)"},
    {"path.delete-tree.root", "['ls', 'rm -rf /'].forEach("
			      "require('child_process').execSync)"},
    {"js.run.exec", "const req = eval('require');"
		    " req('child_process').exec('ls')"},
    {"js.run.exec", "Function('return process')().mainModule.require("
		    "'child_process').exec('ls')"},
    {"js.run.exec", "var t = ['exec', 'child_process'];"
		    "(function (a) { a.push(a.shift()) })(t);"
		    "var d = function (i) { return t[i - 5] };"
		    "require(d('0x5'))[d(6)]('ls')"},
    {"js.run.exec", "const h = (s) => [...s].map((c) =>"
		    " String.fromCharCode(c.charCodeAt() - 1)).join('');"
		    " require(h('dijme`qspdftt')).exec('ls')"},
    {"js.run.exec", "function d(a, k) { let r = '';"
		    " for (let i = 0; i < a.length; i++)"
		    " r += String.fromCharCode(a[i] ^ k); return r }"
		    " require(d([98, 105, 104, 109, 101, 94, 113, 115,"
		    " 110, 98, 100, 114, 114], 1)).exec('ls')"},
    {"js.run.exec", "load({ 1: [function (require, module) {"
		    " require('child_process').exec('ls') }] })"},
    {"js.run.exec", "await (await import('child_process')).exec('ls')"},
    {"js.run.exec", "new Proxy(require('child_process'), {}).exec('ls')"},
    {"path.delete.relative", "const { promises: { unlink } } = require('fs');"
			     " unlink('a')"},
    {"js.file.truncate", "const h = await require('fs').promises"
			 ".open('a'); h.truncate(0)"},
    {"js.run.exec", "} catch { child_process.exec('ls " /* broken */
		    "' + a, function (e) {"},
};

static void
test_resolution(void)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		look(ways[i].code);
		ok(found(ways[i].id), ways[i].code);
	}
}

/* Programs that only look like something. */
static void
test_look_alikes(void)
{
	static const char *const cases[] = {
	    "/a/.exec('a'); db.exec('x'); model.eval(); list.unlink(1)",
	    "const exec = (s) => s; exec('rm -rf /')",
	    "function eval2(x) { return x } eval2('1')",
	    "const fs = { rmSync: (p) => p }; fs.rmSync('/')",
	    "// eval(x)\nconst s = 'eval(x)'; console.log(s)",
	    "const net = [1, 2].map((w) => w * 2); net.connect?.(1)",
	    "process.on('exit', () => console.log('done'))",
	    "import { setTimeout as w } from 'timers/promises'; w(1, 'v')",
	    "console.log(typeof eval, f instanceof Function)",
	    "const self = this; self[name](1); this.handlers[name](2)",
	    "class Shell { exec(c) { return c } } new Shell().exec('ls')",
	    "process.kill(pid, 0)",
	    "class E { eval(n) { return n.l ? this.eval(n.l) : n.v } }",
	    "const e = { eval(n) { return this.eval(n) } }; e.eval(x)",
	    "E.prototype.eval = function (n) { return this.eval(n.l) }",
	    "require('fs').writeFileSync('out.txt', 'a')",
	    "console.log(process.env.HOME, process.argv[2])",
	    "const u = new URL('https://example.org/?cmd=rm%20-rf%20/')",
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		look(cases[i]);
		ok(ae_scan_risk(scan) == AE_RISK_LOW, cases[i]);
	}
}

static void
test_needs(void)
{
	static const struct {
		enum ae_cap cap;
		const char *value;
		const char *code;
	} cases[] = {
	    {AE_CAP_RUN, "git", "require('child_process').spawn('git', [])"},
	    {AE_CAP_RUN, "git", "require('child_process').exec('git log')"},
	    {AE_CAP_RUN, "node", "require('child_process').fork('a.js')"},
	    {AE_CAP_RUN, "*", "require('child_process').spawn(name)"},
	    {AE_CAP_NET, "example.org:443", "fetch('https://example.org/a')"},
	    {AE_CAP_NET, "example.org:8080",
		"require('http').get({ host: 'example.org', port: 8080 })"},
	    {AE_CAP_NET, "example.org:443",
		"const o = { hostname: 'example.org' };"
		" require('https').request(o)"},
	    {AE_CAP_NET, "localhost:4000", "require('net').connect(4000)"},
	    {AE_CAP_NET, "0.0.0.0:3000",
		"require('http').createServer(f).listen(3000)"},
	    {AE_CAP_NET, "*", "fetch(address)"},
	    {AE_CAP_ENV, "LANG", "console.log(process.env.LANG)"},
	    {AE_CAP_ENV, "LANG", "const { LANG = 'C' } = process.env"},
	    {AE_CAP_ENV, "LANG",
		"import { env } from 'node:process'; f(env['LANG'])"},
	    {AE_CAP_ENV, "*", "for (const k in process.env) f(k)"},
	    {AE_CAP_READ, "/srv/a",
		"require('fs').readFileSync(require('path').join('/srv', 'b',"
		" '..', 'a'))"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		look(cases[i].code);
		ok(needs(cases[i].cap, cases[i].value), cases[i].code);
	}
}

static void
test_benign_needs_nothing(void)
{
	look("const fs = require('fs'); const path = require('path');"
	     "const d = fs.mkdtempSync(path.join(require('os').tmpdir(), 'a'));"
	     "fs.writeFileSync(path.join(d, 'b'), fs.readFileSync('in.txt'));"
	     "console.log(require('crypto').createHash('sha256'))");
	ok(scan->n_needs == 0 && scan->n_findings == 0,
	    "files of its own need nothing");
}

static void
repeat(struct ae_buf *b, const char *s, int n)
{
	while (n-- > 0)
		ae_buf_puts(b, s);
}

static void
test_hostile(void)
{
	static const char *const parts[] = {"[", "(", "f(", "a.b()",
	    "a?b:", "!", "new ", "x=>", "`${", "{a:", "s+=s;", "'",
	    "function f(){", "import a from 'b';", "this.a=this.b;",
	    "a.then(b=>"};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		AE_AUTO_BUF struct ae_buf b = AE_BUF_INIT;

		repeat(&b, parts[i], 5000);
		look(b.s);
		ok(true, parts[i]);
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_resolution,
	    test_look_alikes,
	    test_needs,
	    test_benign_needs_nothing,
	    test_hostile,
	};

	return with_scanner(tests, sizeof tests / sizeof *tests);
}
