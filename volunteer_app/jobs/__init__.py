"""The timetable and the worker."""
