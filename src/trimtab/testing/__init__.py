"""Test doubles for people who build on trimtab: real servers and stores, small and local."""
