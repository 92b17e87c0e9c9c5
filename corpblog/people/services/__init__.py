"""What changes people: signing in and out, the directory's news, being cut off."""
