from __future__ import annotations
import os.path as p, sys
from . import (a, b as c,)

@decorator(1)
async def f[T: int, *Ts, **P](x: int = 1, /, y=2, *args: *Ts, z, **kw) -> T:
    """Doc"""
    nonlocal_ = lambda u, *v, w=1: (yield)
    async with open(f"{x!r:>{y}} {{}} {z=}") as g, (h):
        return [i async for i in y if (k := i) for j in [1, 2][::2]]

class C(Base, metaclass=M):
    x: int = 0x1f + 1_000j - 1e-3
    try:
        del x, (y[0])
    except* (A, B) as e:
        raise E from e
    else:
        pass
    finally:
        global q
        assert not q, "text"

match x, *y:
    case {"a": [1, *_], **rest} | C(x=0, y=-1+2j) if z:
        x += yield_
    case str() as s:
        ...
while x if y else z:
    for a, *b in c: break
    else: continue
type X[T] = dict[str, T]
print(rb'\x00', u'\u1234', '''a
b''', *a, **b, sep='')
