"""Who was it: a person, a privacy proxy or a machine. Every verdict with its reasons."""
