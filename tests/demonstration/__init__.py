"""The product shown at work: the demonstration network, a real Airflow, and the table of what was gathered."""
