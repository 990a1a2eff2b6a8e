"""Onboarding orders: priority rules."""
