"""What leaves as text or as a file: downloads, printed answers, generated files."""
