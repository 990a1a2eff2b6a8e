"""Order search: improves an Order for given objectives, and shows that it is better or says that it cannot."""
