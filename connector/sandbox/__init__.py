"""Zendesk Support and Jira on loopback, with state: to try the connector, and to test it."""
