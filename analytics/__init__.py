"""The methods: plain functions of arrays."""
