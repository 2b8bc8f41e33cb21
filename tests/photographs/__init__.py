"""Photographs measured: real ones, and ones made from them whose truth is known."""
