"""What leaves the notebook on paper or as a file: the sheet of a lesson, a study, the bundle that its authors keep."""
