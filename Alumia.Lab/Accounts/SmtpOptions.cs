namespace Alumia.Lab.Accounts;

/// <summary>The section <c>Smtp</c> of the configuration.</summary>
public sealed class SmtpOptions
{
    public string Host { get; set; } = "";

    public int Port { get; set; } = 587;

    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    public string From { get; set; } = "";
}
