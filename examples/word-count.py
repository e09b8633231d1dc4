"""Counts the words of a text on standard input."""
import re
import sys
from collections import Counter

words = re.findall(r"\w+", sys.stdin.read().lower())
counts = Counter(words)

print(f"Total words: {len(words)}")
print(f"Unique words: {len(counts)}")
print("Most common words:")
for word, count in counts.most_common(5):
    print(f"  {word}: {count}")
