"""What a volunteer can show beside the hours: trainings, commendations, evaluations, stars, service certificates."""
