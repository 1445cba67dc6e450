"""The October 2026 community of Youlin: its people, places and needs, and the month that happens to them.

Everybody is invented. The files in october/ are the whole input; the month is made by the same actions that the pages
use.
"""
