"""All prime numbers up to 100, by the sieve of Eratosthenes."""
LIMIT = 100

sieve = bytearray([1]) * (LIMIT + 1)
sieve[0:2] = b"\0\0"
for n in range(2, int(LIMIT ** 0.5) + 1):
    if sieve[n]:
        sieve[n * n::n] = bytes(len(range(n * n, LIMIT + 1, n)))
primes = [n for n, is_prime in enumerate(sieve) if is_prime]

print("Prime numbers up to 100:")
print(primes)
print(f"\nTotal prime numbers: {len(primes)}")
