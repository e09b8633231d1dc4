"""The first 20 Fibonacci numbers."""


def fibonacci(count):
    numbers = [0, 1]
    while len(numbers) < count:
        numbers.append(numbers[-1] + numbers[-2])
    return numbers[:count]


print("First 20 Fibonacci numbers:")
print(fibonacci(20))
