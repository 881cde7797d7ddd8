"""The same report for every school of a programme, ordered at once; by hand or after every data point."""
