# What CPython says of programs: compiled, never run.  See lib/lint/reference.h
# for what goes over the socket on standard input and output.
import sys
import warnings

warnings.simplefilter("ignore")
taken, given = sys.stdin.buffer, sys.stdout.buffer


def put(text):
    data = text.encode("utf-8", "replace")[:4000]
    given.write(len(data).to_bytes(4, "little") + data)
    given.flush()


def verdict(code):
    try:
        compile(code, "program", "exec", 0, True)
        return "ok"
    except SyntaxError as e:
        place = e.lineno, e.offset, e.end_lineno, e.end_offset
        return "%d %d %d %d\n%s" % (*(n or 0 for n in place), e.msg)
    except (RecursionError, MemoryError, OverflowError):
        return "?"
    except ValueError as e:
        return "0 0 0 0\n%s" % e


put("%d.%d.%d" % sys.version_info[:3])
while len(head := taken.read(4)) == 4:
    put(verdict(taken.read(int.from_bytes(head, "little"))))
