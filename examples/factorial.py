"""The factorial of 10."""
import math

print(f"Factorial of 10 is: {math.factorial(10)}")
