import os as o, base64
from subprocess import *
class A(B):
    x = "a" + 'b' * 3
    def f(self, y: int = 2, *a, **k):
        return getattr(o, self.x[::-1])(f"{y!r:>{3}} %s" % (1,), *a)
for c in [104, 105]: s = "".join(chr(c ^ 1) for c in b"ab" if c)
exec(base64.b64decode("cHJpbnQoMSk=")); run(["rm", "-rf", s], shell=True)
with open("/etc/passwd") as h: g = lambda z: z(h.read())
print(g(eval), {"k": [1, (2,)]}["k"], globals()["open"]("x", "w"))
