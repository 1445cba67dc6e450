"""The holder's side: own turns, yes or no, sign-ups for open turns, reminders, what needs ask about people."""
