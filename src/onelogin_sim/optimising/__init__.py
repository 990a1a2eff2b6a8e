"""From what a planner asks for to an order that was shown better, and what it takes to adopt it."""
