"""Which parts of GitHub's description the bot uses; to add one, name it here and run `make openapi`.

Operation ids as in https://docs.github.com/rest, see the table in the reference for permissions.
"""

OPERATIONS = frozenset(
    """
    apps/get-authenticated apps/create-from-manifest apps/list-installations apps/get-installation
    apps/get-repo-installation apps/create-installation-access-token apps/revoke-installation-access-token
    apps/list-repos-accessible-to-installation
    apps/list-webhook-deliveries apps/get-webhook-delivery apps/redeliver-webhook-delivery
    checks/create checks/get checks/update checks/list-for-ref checks/list-annotations
    code-scanning/upload-sarif code-scanning/get-sarif
    git/get-blob git/create-blob git/get-tree git/create-tree git/get-commit git/create-commit
    git/get-ref git/list-matching-refs git/create-ref git/update-ref git/delete-ref
    issues/list-comments issues/get-comment issues/create-comment issues/update-comment issues/delete-comment
    issues/list-for-repo issues/create issues/get issues/update issues/add-labels
    pulls/list pulls/get pulls/create pulls/update pulls/list-files pulls/list-commits
    pulls/create-review pulls/list-review-comments pulls/create-review-comment
    pulls/update-review-comment pulls/delete-review-comment
    rate-limit/get
    reactions/create-for-issue-comment reactions/list-for-issue-comment
    repos/get repos/get-content repos/get-commit repos/get-branch repos/compare-commits-with-basehead
    repos/list-pull-requests-associated-with-commit repos/get-collaborator-permission-level
    repos/create-dispatch-event
    """.split()
)

WEBHOOKS = frozenset(
    """
    ping push issue-comment/created merge-group/checks-requested merge-group/destroyed
    check-run/created check-run/completed check-run/rerequested check-run/requested-action
    installation/created installation/deleted installation/suspend installation/unsuspend
    installation/new-permissions-accepted
    installation-repositories/added installation-repositories/removed
    pull-request/opened pull-request/synchronize pull-request/reopened pull-request/closed
    pull-request/edited pull-request/ready-for-review pull-request/converted-to-draft
    pull-request/labeled
    """.split()
)

#: Name in the fake → GitHub's own example that its bodies start from.
TEMPLATES = {
    "repository": "full-repository",
    "pull": "pull-request",
    "issue": "issue",
    "comment": "issue-comment",
    "note": "pull-request-review-comment",
    "label": "label",
    "app": "integration",
    "installation": "base-installation",
}
