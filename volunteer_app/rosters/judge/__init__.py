"""What the solver's judge says about a draft, in words: may this person, why, who else, what would fill a gap."""
