"""What people are told: notices in the workbench, and mail."""
