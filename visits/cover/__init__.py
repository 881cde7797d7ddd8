"""Who of a school is out of class when, week by week: a page, a paper for the wall, and a weekly mail."""
