// What V8 says of programs: compiled, never run.  See lib/lint/reference.h
// for what goes over the socket on standard input and output.
'use strict';
const fs = require('fs');
const vm = require('vm');

function take(n) {
	const data = Buffer.alloc(n);
	for (let at = 0; at < n;) {
		const got = fs.readSync(0, data, at, n - at, null);
		if (got === 0)
			process.exit(0);
		at += got;
	}
	return data;
}

function put(text) {
	const data = Buffer.from(text).subarray(0, 4000);
	const all = Buffer.alloc(4 + data.length);
	all.writeUInt32LE(data.length, 0);
	data.copy(all, 4);
	for (let at = 0; at < all.length;)
		at += fs.writeSync(1, all, at);
}

// A module of Node's older kind is the body of a function.
const wrapped = ['exports', 'require', 'module', '__filename', '__dirname'];

const kinds = {
	script: (code) => vm.compileFunction(code, wrapped,
		{ filename: 'program' }),
	module: (code) => new vm.SourceTextModule(code,
		{ identifier: 'program' }),
};

// Of a module, Node keeps the place to itself until the error is printed.
let decorate = () => {};
try {
	decorate = require('internal/util').decorateErrorStack;
} catch {
	// Then such an error has a message only.
}

// The stack begins with program:LINE, the source line and carets below it.
function place(e) {
	decorate(e);
	const lines = String(e.stack).split('\n');
	const at = /^program:(\d+)/.exec(lines[0]);
	const caret = /^(\s*)(\^+)/.exec(lines[2] || '');
	const line = at ? Number(at[1]) : 0;
	const column = caret ? caret[1].length + 1 : 0;
	const end = caret ? column + caret[2].length : 0;
	return `${line} ${column} ${line} ${end}\n${e.message}`;
}

function refusal(kind, code) {
	try {
		kinds[kind](code);
		return null;
	} catch (e) {
		return e instanceof SyntaxError ? place(e) : '?';
	}
}

function verdict(code) {
	const text = code.replace(/^#!/, '//');
	const script = refusal('script', text);
	if (script === null)
		return 'ok script';
	const module = refusal('module', text);
	if (module === null)
		return 'ok module';
	return /^\s*(import\b(?!\s*[(.])|export\b)/m.test(text)
		? module : script;
}

put(process.versions.node);
for (;;)
	put(verdict(take(take(4).readUInt32LE(0)).toString()));
