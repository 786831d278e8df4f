namespace Alumia.Lab.Connectors;

/// <summary>What a person must do before an operation can run, in words for the model and for people.</summary>
/// <param name="Connector">Whose operation.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Connection">The connection that does not do; null where there is none.</param>
/// <param name="Owner">The name of its owner, or of the person whose turn it is; empty for a turn of nobody.</param>
/// <param name="UserId">Whose turn it is.</param>
internal abstract record OperationNeed(Connector Connector, Operation Operation, Connection? Connection, string Owner, string? UserId)
{
    /// <summary>What is so, as the card's title.</summary>
    public abstract string Title { get; }

    /// <summary>Why, and what will come of mending it.</summary>
    public abstract string Cause { get; }

    /// <summary>The error in one line.</summary>
    public abstract string AuthError { get; }

    /// <summary>What the model is told where nobody mends it.</summary>
    public string ForModel => $"{AuthError} Only a person can mend that. Go on without {Operation.Name}, and say what you could not do and why.";

    /// <summary>The connection's account, as people know it.</summary>
    public string Account => Connection?.Account is { Length: > 0 } account ? account : "not known";

    /// <summary>There is no connection that the turn could use.</summary>
    public sealed record NotConnected(Connector Connector, Operation Operation, string Owner, string? UserId) : OperationNeed(Connector, Operation, null, Owner, UserId)
    {
        public override string Title => $"{Connector.Name} is not connected";

        public override string Cause => $"{Operation.Name} needs an account{(Owner.Length > 0 ? $" of {Owner}'s, or one that is shared" : ", and this turn is nobody's: it can use only one that is shared")}. Connect {Connector.Name}, and the same call is run by itself.";

        public override string AuthError => $"Auth error: {Connector.Name} is not connected.";
    }

    /// <summary>Its credential is refused.</summary>
    public sealed record AuthFailed(Connector Connector, Operation Operation, Connection Failing, string Reason, string Owner, string? UserId) : OperationNeed(Connector, Operation, Failing, Owner, UserId)
    {
        public override string Title => $"{Connector.Name}: Auth failed";

        public override string Cause => $"{Reason} Reconnect, and the same call is run again by itself.";

        public override string AuthError => $"Auth error: {Connector.Name} ({Account}): {Reason}";
    }

    /// <summary>What was granted does not suffice: <c>BySight</c>, known from what was granted before the service was asked, or else said by the service.</summary>
    public sealed record MissingScope(Connector Connector, Operation Operation, Connection Narrow, bool BySight, string Owner, string? UserId) : OperationNeed(Connector, Operation, Narrow, Owner, UserId)
    {
        /// <summary>The scope to ask for: the first that the operation could use and the connection has not.</summary>
        public string Missing => Operation.Scopes.FirstOrDefault(scope => !Narrow.Scopes.Contains(scope)) ?? Operation.Scopes[0];

        /// <summary>What a reconnect asks for: what is held, and the missing one.</summary>
        public IReadOnlyList<string> Wanted => [.. Narrow.Scopes.Where(scope => Connector.Scopes.Any(known => known.Name == scope)).Append(Missing).Distinct()];

        public override string Title => $"{Operation.Name} needs a scope that was not granted";

        public override string Cause => $"Granted: {Grants.Say(Connector, Narrow.Scopes)}. Missing: {Grants.Say(Connector, [Missing])}. Reconnect with the broader scope, and the same call is run by itself.";

        public override string AuthError => BySight
            ? $"Auth error: {Operation.Name} needs the scope \"{Grants.Say(Connector, [Missing])}\" ({Missing}) of {Connector.Name} ({Account}), which was not granted. Granted: {Grants.Say(Connector, Narrow.Scopes)}."
            : $"Auth error: {Connector.Name} ({Account}) says that what was granted does not suffice for {Operation.Name}. Granted: {Grants.Say(Connector, Narrow.Scopes)}. It may need \"{Grants.Say(Connector, [Missing])}\" ({Missing}).";
    }
}
