namespace Alumia.Lab.Accounts;

/// <summary>Who may make an account.</summary>
public enum SignUpMode
{
    /// <summary>Everybody.</summary>
    Open,
    /// <summary>Who holds an invitation to an organization.</summary>
    Invite,
    /// <summary>Nobody; administrators have their set-up links.</summary>
    Closed,
}

/// <summary>The section <c>Accounts</c> of the configuration.</summary>
public sealed class AccountsOptions
{
    public SignUpMode SignUp { get; set; }
}
