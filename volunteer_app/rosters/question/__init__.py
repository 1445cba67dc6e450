"""A roster's period as a question for the solver: turns, members, marks, what is held already. Solves nothing."""
